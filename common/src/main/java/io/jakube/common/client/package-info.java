/** Set-up of API clients. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.client;

import org.jspecify.annotations.NullMarked;
