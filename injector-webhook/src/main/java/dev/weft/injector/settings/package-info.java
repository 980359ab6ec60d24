/** What holds for one pod: the operator's values, the mesh's ProxyConfig and the pod's annotations, joined. Imports {@code config} and {@code tree}. */
@NullMarked
package dev.weft.injector.settings;

import org.jspecify.annotations.NullMarked;
