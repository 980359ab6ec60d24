/**
 * The example bookstore: a front page, a catalog, reviews in three versions, ratings, and a traffic generator. Ordinary programs
 * that know nothing of the mesh but the address of their sidecar; one jar, one main, the role is the first argument.
 */
@NullMarked
package dev.weft.examples.bookstore;

import org.jspecify.annotations.NullMarked;
