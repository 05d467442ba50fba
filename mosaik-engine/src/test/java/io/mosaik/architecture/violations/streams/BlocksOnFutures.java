package io.mosaik.architecture.violations.streams;

import java.util.concurrent.CompletableFuture;

class BlocksOnFutures {
  String await(CompletableFuture<String> future) {
    return future.join();
  }
}
