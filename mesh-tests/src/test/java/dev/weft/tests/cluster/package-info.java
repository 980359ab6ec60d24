/** The mesh on a real Kubernetes: the cluster that a test run gets, and what is observed on it. */
@NullMarked
package dev.weft.tests.cluster;

import org.jspecify.annotations.NullMarked;
