package io.mosaik.spring.listener;

/** Goes around each call of a listener method, as an observation does. Thread-safe. */
@FunctionalInterface
public interface MosaikListenerInterceptor {

  /**
   * Calls the method.
   *
   * @param listenerId which listener
   * @param call the method with its datum
   * @throws Exception what the call throws
   */
  void around(String listenerId, Call call) throws Exception;

  /** A call of a listener method. */
  @FunctionalInterface
  interface Call {

    /**
     * Runs it.
     *
     * @throws Exception what the method throws
     */
    void proceed() throws Exception;
  }
}
