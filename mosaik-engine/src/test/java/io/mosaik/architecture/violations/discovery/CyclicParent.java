package io.mosaik.architecture.violations.discovery;

import io.mosaik.architecture.violations.discovery.rtt.CyclicChild;

/** Half of a cycle. */
public class CyclicParent {
  Class<?> child = CyclicChild.class;
}
