/** Quality of service, cgroup values and the pod cgroup tree. */
@NullMarked
package io.jakube.agent.resources;

import org.jspecify.annotations.NullMarked;
