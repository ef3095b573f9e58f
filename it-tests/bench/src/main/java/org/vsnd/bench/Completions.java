// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** Completion times of one stream of vsnd's. */
record Completions(Shape shape, StreamDirections direction, String stream, CompletionTimes times) {}
