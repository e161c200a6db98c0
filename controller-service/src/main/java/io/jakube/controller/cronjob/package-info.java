/** CronJob: jobs at times. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.cronjob;

import org.jspecify.annotations.NullMarked;
