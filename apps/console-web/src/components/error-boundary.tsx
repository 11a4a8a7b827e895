import { Alert } from '@mantine/core';
import { Component, type ReactNode } from 'react';

/** Keeps a page that fails from taking the frame with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Alert color="red" title="This page failed">
        {error.message} Load it again, or go to another page.
      </Alert>
    );
  }
}
