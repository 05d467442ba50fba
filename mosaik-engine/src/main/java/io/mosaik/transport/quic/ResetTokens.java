package io.mosaik.transport.quic;

import io.netty.handler.codec.quic.QuicResetTokenGenerator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Stateless reset tokens (RFC 9000 §10.3.2): an HMAC-SHA-256 of the connection id under a key of
 * this endpoint alone, so that nobody else can end a connection with one.
 */
final class ResetTokens implements QuicResetTokenGenerator {

  private static final int TOKEN_BYTES = 16;

  private final byte[] key;

  /**
   * The tokens of one endpoint.
   *
   * @param key 32 random bytes, used for nothing else
   */
  ResetTokens(byte[] key) {
    this.key = key;
  }

  @Override
  public ByteBuffer newResetToken(ByteBuffer connectionId) {
    var id = new byte[connectionId.remaining()];
    connectionId.duplicate().get(id);
    var hmac = new HMac(new SHA256Digest());
    hmac.init(new KeyParameter(key));
    hmac.update(id, 0, id.length);
    var mac = new byte[hmac.getMacSize()];
    hmac.doFinal(mac, 0);
    return ByteBuffer.wrap(Arrays.copyOf(mac, TOKEN_BYTES));
  }
}
