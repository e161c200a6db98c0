/** Certificate signing requests. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.certificates;

import org.jspecify.annotations.NullMarked;
