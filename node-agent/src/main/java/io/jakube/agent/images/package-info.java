/** Container images without a registry: archives into containerd, the sandbox image, building small images. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.agent.images;

import org.jspecify.annotations.NullMarked;
