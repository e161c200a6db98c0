/** The services in Open Liberty, with each other and a real PostgreSQL. */
@NullMarked
package io.jakube.launcher.services;

import org.jspecify.annotations.NullMarked;
