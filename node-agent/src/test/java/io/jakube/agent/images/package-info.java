/** Tests of images, and images for tests. */
@NullMarked
package io.jakube.agent.images;

import org.jspecify.annotations.NullMarked;
