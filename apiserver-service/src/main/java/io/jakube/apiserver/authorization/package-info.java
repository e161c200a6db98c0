/** Whether they may. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.authorization;

import org.jspecify.annotations.NullMarked;
