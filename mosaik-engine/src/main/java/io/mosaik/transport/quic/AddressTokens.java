package io.mosaik.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The tokens with which a dialler proves, at its second try, that it receives at the address it
 * sends from (RFC 9000 §8.1.2): expiry, HMAC-SHA-256 over expiry, address and connection id, and
 * the connection id. Asked for only while many handshakes are unfinished.
 */
final class AddressTokens implements QuicTokenHandler {

  private static final long LIFETIME_MS = 10_000;
  private static final int MAC_BYTES = 32;
  private static final int PREFIX_BYTES = Long.BYTES + MAC_BYTES;
  private static final int MAX_CONNECTION_ID_BYTES = Quic.MAX_CONN_ID_LEN;

  private final byte[] key;
  private final LongSupplier nowMs;
  private final BooleanSupplier demanded;

  /**
   * The tokens of one endpoint.
   *
   * @param key 32 random bytes
   * @param nowMs a clock that doesn't go back
   * @param demanded whether diallers must prove their address at present
   */
  AddressTokens(byte[] key, LongSupplier nowMs, BooleanSupplier demanded) {
    this.key = key;
    this.nowMs = nowMs;
    this.demanded = demanded;
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf connectionId, InetSocketAddress address) {
    if (!demanded.getAsBoolean()) {
      return false;
    }
    var id = new byte[connectionId.readableBytes()];
    connectionId.getBytes(connectionId.readerIndex(), id);
    long expiryMs = nowMs.getAsLong() + LIFETIME_MS;
    out.writeLong(expiryMs).writeBytes(mac(expiryMs, address, id)).writeBytes(id);
    return true;
  }

  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    int idBytes = token.readableBytes() - PREFIX_BYTES;
    if (idBytes < 0 || idBytes > MAX_CONNECTION_ID_BYTES) {
      return -1;
    }
    int at = token.readerIndex();
    long expiryMs = token.getLong(at);
    var mac = new byte[MAC_BYTES];
    token.getBytes(at + Long.BYTES, mac);
    var id = new byte[idBytes];
    token.getBytes(at + PREFIX_BYTES, id);
    long leftMs = expiryMs - nowMs.getAsLong();
    boolean genuine = MessageDigest.isEqual(mac, mac(expiryMs, address, id));
    return genuine && leftMs >= 0 && leftMs <= LIFETIME_MS ? PREFIX_BYTES : -1;
  }

  @Override
  public int maxTokenLength() {
    return PREFIX_BYTES + MAX_CONNECTION_ID_BYTES;
  }

  private byte[] mac(long expiryMs, InetSocketAddress address, byte[] connectionId) {
    var hmac = new HMac(new SHA256Digest());
    hmac.init(new KeyParameter(key));
    for (int shift = 56; shift >= 0; shift -= 8) {
      hmac.update((byte) (expiryMs >>> shift));
    }
    byte[] ip = address.getAddress().getAddress();
    hmac.update((byte) ip.length);
    hmac.update(ip, 0, ip.length);
    hmac.update((byte) (address.getPort() >>> 8));
    hmac.update((byte) address.getPort());
    hmac.update(connectionId, 0, connectionId.length);
    var mac = new byte[MAC_BYTES];
    hmac.doFinal(mac, 0);
    return mac;
  }
}
