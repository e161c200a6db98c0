/** ReplicaSet and ReplicationController: keep a number of pods. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.replicaset;

import org.jspecify.annotations.NullMarked;
