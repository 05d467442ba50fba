package io.mosaik.architecture.violations.groups.raft;

import java.util.concurrent.CompletableFuture;

class PromisingCore {
  CompletableFuture<String> onCommand(byte[] command) {
    return CompletableFuture.completedFuture(
        new String(command, java.nio.charset.StandardCharsets.UTF_8));
  }
}
