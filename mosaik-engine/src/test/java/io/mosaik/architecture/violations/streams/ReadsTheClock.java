package io.mosaik.architecture.violations.streams;

import java.time.Instant;
import java.util.function.LongSupplier;

class ReadsTheClock {
  final Instant start = Instant.now();

  long byCall() {
    return System.nanoTime();
  }

  LongSupplier byReference() {
    return System::currentTimeMillis;
  }

  LongSupplier inALambda() {
    return () -> System.nanoTime() / 2;
  }
}
