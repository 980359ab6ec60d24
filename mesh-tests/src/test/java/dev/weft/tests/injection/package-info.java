/** The webhooks between a real API server and a real kubectl. */
@NullMarked
package dev.weft.tests.injection;

import org.jspecify.annotations.NullMarked;
