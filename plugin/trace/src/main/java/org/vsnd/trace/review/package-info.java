// SPDX-License-Identifier: Apache-2.0
/**
 * What the driver in a trace does against the standard, as a list for its author:
 * {@link org.vsnd.trace.review.DriverReview} is where it begins, {@link org.vsnd.trace.review.RemarkKind} what it knows.
 */
@NullMarked
package org.vsnd.trace.review;

import org.jspecify.annotations.NullMarked;
