package io.mosaik.groups.log;

/** The storage in memory keeps the contract; the object is the place. */
class InMemoryLogStorageTest extends LogStorageContract {

  private final InMemoryLogStorage storage = new InMemoryLogStorage();

  @Override
  protected LogStorage make() {
    return storage;
  }
}
