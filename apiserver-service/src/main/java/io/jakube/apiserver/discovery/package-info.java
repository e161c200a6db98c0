/** What the API offers: groups, versions, resources. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
