/** What the operator of a mesh decides about injection: the {@code values} of the injector's ConfigMap. Imports {@code tree}. */
@NullMarked
package dev.weft.injector.config;

import org.jspecify.annotations.NullMarked;
