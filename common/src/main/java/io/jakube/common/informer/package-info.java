/** Local, indexed, eventually consistent copies of API objects, fed by a list and a watch. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.informer;

import org.jspecify.annotations.NullMarked;
