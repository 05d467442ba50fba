package io.mosaik.durable.candidates;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.bindings.LongBinding;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.Options;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** The stores that were considered, each set up as its documentation says for durable commits. */
final class Candidates {

  private static final int FLUSH_AFTER_NS = 100_000;

  private Candidates() {}

  interface Maker {
    Store open(Path directory) throws Exception;
  }

  static Map<String, Maker> all() {
    var all = new LinkedHashMap<String, Maker>();
    all.put("segment file, appended", directory -> new PlainFile(directory, 0));
    all.put("segment file, zeros ahead", directory -> new PlainFile(directory, 1 << 20));
    all.put("mosaik-durable-log", DurableLog::new);
    all.put("RocksDB (JNI)", Rocks::new);
    all.put("H2 MVStore", MvStore::new);
    all.put("Xodus", Xodus::new);
    all.put("MapDB", MapDb::new);
    all.put("Artemis journal (NIO)", Artemis::new);
    return all;
  }

  /** What a file can do: a checksum and a length per entry, one write and one force a batch. */
  private static final class PlainFile implements Store {
    private final FileChannel channel;
    private final int stepBytes;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    private final CRC32C crc = new CRC32C();
    private long position;
    private long allocated;

    PlainFile(Path directory, int stepBytes) throws IOException {
      channel =
          FileChannel.open(
              directory.resolve("log"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      this.stepBytes = stepBytes;
    }

    @Override
    public void append(long index, byte[] entry) {
      crc.reset();
      crc.update(entry);
      buffer.putInt(entry.length).putInt((int) crc.getValue()).putLong(index).put(entry);
    }

    @Override
    public void sync() throws IOException {
      buffer.flip();
      if (stepBytes > 0 && position + buffer.remaining() > allocated) {
        channel.write(ByteBuffer.allocate(stepBytes), allocated);
        allocated += stepBytes;
      }
      while (buffer.hasRemaining()) {
        position += channel.write(buffer, position);
      }
      channel.force(false);
      buffer.clear();
    }

    @Override
    public List<byte[]> readAll() {
      throw new UnsupportedOperationException("it only measures what a file can do");
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Rocks implements Store {
    private final RocksDB db;
    private final WriteOptions options;
    private WriteBatch batch;

    Rocks(Path directory) throws RocksDBException {
      RocksDB.loadLibrary();
      // The mode that says it is for torn tails: the default hides damage as well.
      var settings =
          new Options()
              .setCreateIfMissing(true)
              .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
      db = RocksDB.open(settings, directory.toString());
      options = new WriteOptions().setSync(true);
      batch = new WriteBatch();
    }

    @Override
    public void append(long index, byte[] entry) throws RocksDBException {
      batch.put(ByteBuffer.allocate(8).putLong(index).array(), entry);
    }

    @Override
    public void sync() throws RocksDBException {
      db.write(options, batch);
      batch.close();
      batch = new WriteBatch();
    }

    @Override
    public List<byte[]> readAll() throws RocksDBException {
      var all = new ArrayList<byte[]>();
      try (var options = new ReadOptions().setVerifyChecksums(true);
          RocksIterator at = db.newIterator(options)) {
        for (at.seekToFirst(); at.isValid(); at.next()) {
          all.add(at.value());
        }
        at.status();
      }
      return all;
    }

    @Override
    public void close() {
      batch.close();
      options.close();
      db.close();
    }
  }

  private static final class MvStore implements Store {
    private final MVStore store;
    private final MVMap<Long, byte[]> map;

    MvStore(Path directory) {
      store =
          new MVStore.Builder()
              .fileName(directory.resolve("log.mv").toString())
              .autoCommitDisabled()
              .open();
      map = store.openMap("log");
    }

    @Override
    public void append(long index, byte[] entry) {
      map.append(index, entry);
    }

    @Override
    public void sync() {
      store.commit();
      store.sync();
    }

    @Override
    public List<byte[]> readAll() {
      return List.copyOf(map.values());
    }

    @Override
    public void close() {
      store.closeImmediately();
    }
  }

  private static final class Xodus implements Store {
    private final Environment environment;
    private final jetbrains.exodus.env.Store store;
    private Transaction transaction;

    Xodus(Path directory) {
      environment =
          Environments.newInstance(
              directory.toFile(),
              new EnvironmentConfig().setLogDurableWrite(true).setGcEnabled(false));
      store =
          environment.computeInTransaction(
              txn -> environment.openStore("log", StoreConfig.WITHOUT_DUPLICATES, txn));
      transaction = environment.beginTransaction();
    }

    @Override
    public void append(long index, byte[] entry) {
      store.putRight(transaction, LongBinding.longToEntry(index), new ArrayByteIterable(entry));
    }

    @Override
    public void sync() {
      transaction.flush();
    }

    @Override
    public List<byte[]> readAll() {
      var all = new ArrayList<byte[]>();
      try (var at = store.openCursor(transaction)) {
        while (at.getNext()) {
          all.add(Arrays.copyOf(at.getValue().getBytesUnsafe(), at.getValue().getLength()));
        }
      }
      return all;
    }

    @Override
    public void close() {
      transaction.abort();
      environment.close();
    }
  }

  private static final class MapDb implements Store {
    private final DB db;
    private final BTreeMap<Long, byte[]> map;

    MapDb(Path directory) {
      db =
          DBMaker.fileDB(directory.resolve("log.mapdb").toFile())
              .fileChannelEnable()
              .transactionEnable()
              .make();
      map =
          db.treeMap("log")
              .keySerializer(Serializer.LONG)
              .valueSerializer(Serializer.BYTE_ARRAY)
              .createOrOpen();
    }

    @Override
    public void append(long index, byte[] entry) {
      map.put(index, entry);
    }

    @Override
    public void sync() {
      db.commit();
    }

    @Override
    public List<byte[]> readAll() {
      return List.copyOf(map.values());
    }

    @Override
    public void close() {
      db.close();
    }
  }

  private static final class Artemis implements Store {
    private final JournalImpl journal;
    private final List<RecordInfo> loaded = new ArrayList<>();
    private long pendingIndex;
    private byte[] pending = {};

    Artemis(Path directory) throws Exception {
      var factory =
          new NIOSequentialFileFactory(
              directory.toFile(), true, 1 << 20, FLUSH_AFTER_NS, 1, false, null, null);
      journal = new JournalImpl(64 << 20, 2, 2, 0, 0, factory, "log", "log", 1, 0);
      journal.start();
      journal.load(loaded, new ArrayList<>(), (id, records, updates) -> {});
    }

    /** One behind, so that the last of a batch can be the one that syncs. */
    @Override
    public void append(long index, byte[] entry) throws Exception {
      if (pending.length > 0) {
        journal.appendAddRecord(pendingIndex, (byte) 1, pending, false);
      }
      pendingIndex = index;
      pending = entry;
    }

    @Override
    public void sync() throws Exception {
      journal.appendAddRecord(pendingIndex, (byte) 1, pending, true);
      pending = new byte[0];
    }

    @Override
    public List<byte[]> readAll() {
      return loaded.stream().map(record -> record.data).toList();
    }

    @Override
    public void close() throws IOException {
      try {
        journal.stop();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }
}
