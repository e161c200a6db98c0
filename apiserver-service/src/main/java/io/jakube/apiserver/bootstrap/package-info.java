/** What a fresh cluster holds, and the start-up of the server. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
