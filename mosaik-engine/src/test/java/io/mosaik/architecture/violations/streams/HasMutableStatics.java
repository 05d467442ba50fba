package io.mosaik.architecture.violations.streams;

import java.util.concurrent.atomic.AtomicInteger;

class HasMutableStatics {
  static final AtomicInteger COUNT = new AtomicInteger();

  @SuppressWarnings("NonFinalStaticField") // what the rule is about
  static int last;
}
