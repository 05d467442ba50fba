/**
 * Methods that consume a stream: {@link io.mosaik.spring.listener.MosaikListener} and what carries
 * it out.
 *
 * <p>The annotation's post-processor turns each method into a {@link
 * io.mosaik.spring.listener.MosaikListenerEndpoint} and gives it to the {@link
 * io.mosaik.spring.listener.MosaikListenerRegistry}, which starts one container for each when the
 * application starts, and stops them before the network.
 */
@NullMarked
package io.mosaik.spring.listener;

import org.jspecify.annotations.NullMarked;
