/** Addresses of services of type LoadBalancer. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.loadbalancer;

import org.jspecify.annotations.NullMarked;
