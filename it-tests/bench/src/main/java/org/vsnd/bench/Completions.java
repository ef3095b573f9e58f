// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** Completion times of one stream of vsnd's. */
record Completions(Shape shape, Direction direction, String stream, CompletionTimes times) {}
