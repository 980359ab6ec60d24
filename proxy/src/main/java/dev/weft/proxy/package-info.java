/**
 * The program: parse, wire, start, drain. Imports every other room; nobody imports it.
 */
@NullMarked
package dev.weft.proxy;

import org.jspecify.annotations.NullMarked;
