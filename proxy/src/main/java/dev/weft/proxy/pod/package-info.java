/**
 * What a proxy in a pod is started with instead of a bootstrap file: reads the pod's environment once, and makes the bootstrap from
 * it.
 *
 * <p>Imports the rooms whose settings it reads; only the program's wiring imports it. Pure but for the two files of the pod's labels
 * and annotations.
 */
@NullMarked
package dev.weft.proxy.pod;

import org.jspecify.annotations.NullMarked;
