/** The scheduler as a service: settings, start and stop, health, metrics and explanations over HTTP. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.service;

import org.jspecify.annotations.NullMarked;
