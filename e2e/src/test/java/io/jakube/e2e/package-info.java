/** Whole-system tests: a real cluster on this host, seen through stock kubectl, one class per promise of the product. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.e2e;

import org.jspecify.annotations.NullMarked;
