/** Token secrets of service accounts that are gone. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.serviceaccount;

import org.jspecify.annotations.NullMarked;
