/** The subcommands. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.command;

import org.jspecify.annotations.NullMarked;
