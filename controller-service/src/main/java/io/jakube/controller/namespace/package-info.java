/** What every namespace gets, and the deletion of namespaces with their content. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.namespace;

import org.jspecify.annotations.NullMarked;
