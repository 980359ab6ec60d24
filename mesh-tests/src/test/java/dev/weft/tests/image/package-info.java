/** What our container images promise, tried on a container engine: users, read-only root, limits, readiness, end, and what they say of mistakes. */
@NullMarked
package dev.weft.tests.image;

import org.jspecify.annotations.NullMarked;
