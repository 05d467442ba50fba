package io.mosaik.durable;

import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The durable storage keeps the contract, on the machine's own file system. */
class DurableLogStorageTest extends LogStorageContract {

  @TempDir private Path directory = Path.of("set by JUnit");

  @Override
  protected LogStorage make() {
    return DurableLogStorage.at(directory);
  }
}
