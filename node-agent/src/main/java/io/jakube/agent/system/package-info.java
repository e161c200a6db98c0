/** Linux: capabilities, mounts, memory and processor facts. */
@NullMarked
package io.jakube.agent.system;

import org.jspecify.annotations.NullMarked;
