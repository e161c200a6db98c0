/** The controller manager as a service: settings, start and stop, leadership, health, metrics and explanations over HTTP. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.service;

import org.jspecify.annotations.NullMarked;
