package io.mosaik.architecture.violations.streams;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

class DrawsRandomness {
  int byThread() {
    return ThreadLocalRandom.current().nextInt();
  }

  Random unseeded() {
    return new Random();
  }

  SecureRandom secure() {
    return new SecureRandom();
  }

  UUID uuid() {
    return UUID.randomUUID();
  }

  void shuffle(List<String> list) {
    Collections.shuffle(list);
  }
}
