// SPDX-License-Identifier: Apache-2.0
/**
 * The measurements behind {@code docs/bench.md}: completion times as a vfio-user client sees them, wake-ups in a Debian
 * guest beside other cards, reported latency, allocation and CPU. Everything measured runs in processes of its own.
 */
@NullMarked
package org.vsnd.bench;

import org.jspecify.annotations.NullMarked;
