package io.mosaik.durable.candidates;

import io.mosaik.durable.DurableLogStorage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogStorage.SyncListener;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What was built instead: the whole of it, each entry a command and a write of its own. */
final class DurableLog implements Store {

  private static final Origin ORIGIN =
      new Origin(PeerId.ofBytes(Digest.hash(new byte[0]).toBytes()), 1);

  private final DurableLogStorage storage;
  private final StoredLog found;

  DurableLog(Path directory) {
    storage = DurableLogStorage.at(directory.resolve("log"));
    found = storage.open(1);
  }

  @Override
  public void append(long index, byte[] entry) {
    storage.write(new LogWrite(null, index, List.of(new Entry.Command(1, ORIGIN, index, entry))));
  }

  @Override
  public void sync() {
    var done = new CompletableFuture<Void>();
    storage.sync(
        new SyncListener() {
          @Override
          public void durable() {
            done.complete(null);
          }

          @Override
          public void failed(LogStorageException reason) {
            done.completeExceptionally(reason);
          }
        });
    done.join();
  }

  @Override
  public List<byte[]> readAll() {
    return found.entries().stream().map(entry -> ((Entry.Command) entry).bytes()).toList();
  }

  @Override
  public void close() {
    storage.close();
  }
}
