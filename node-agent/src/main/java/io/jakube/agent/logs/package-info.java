/** Container log files: reading for clients, rotation. */
@NullMarked
package io.jakube.agent.logs;

import org.jspecify.annotations.NullMarked;
