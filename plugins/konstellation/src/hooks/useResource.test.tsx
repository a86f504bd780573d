import { act, renderHook, waitFor } from '@testing-library/react';
import { useResource } from './useResource';

/** Reads that answer when told to. */
function controlledLoads() {
  const loads: Array<{
    signal: AbortSignal;
    resolve: (value: string) => void;
    reject: (error: Error) => void;
  }> = [];
  const load = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) =>
      loads.push({ signal, resolve, reject }),
    );
  return { loads, load };
}

describe('useResource', () => {
  it('keeps the answer while it reads again, and beside an error', async () => {
    const { loads, load } = controlledLoads();
    const { result } = renderHook(() => useResource('a', load));
    expect(result.current.loading).toBe(true);

    act(() => loads[0].resolve('one'));
    await waitFor(() => expect(result.current.value).toBe('one'));

    act(() => result.current.reload());
    expect(result.current).toMatchObject({ value: 'one', loading: false });
    act(() => loads[1].reject(new Error('gone')));
    await waitFor(() => expect(result.current.error?.message).toBe('gone'));
    expect(result.current.value).toBe('one');
  });

  it('reads once more after a read under way, however often it is asked to', async () => {
    const { loads, load } = controlledLoads();
    const { result } = renderHook(() => useResource('a', load));
    act(() => {
      result.current.reload();
      result.current.reload();
    });
    expect(loads).toHaveLength(1);
    act(() => loads[0].resolve('one'));
    await waitFor(() => expect(loads).toHaveLength(2));
    act(() => loads[1].resolve('two'));
    await waitFor(() => expect(result.current.value).toBe('two'));
    expect(loads).toHaveLength(2);
  });

  it('forgets the answer of another key and aborts what is no longer wanted', async () => {
    const { loads, load } = controlledLoads();
    const { result, rerender, unmount } = renderHook(
      ({ name }) => useResource(name, load),
      { initialProps: { name: 'a' } },
    );
    act(() => loads[0].resolve('one'));
    await waitFor(() => expect(result.current.value).toBe('one'));

    rerender({ name: 'b' });
    expect(result.current.value).toBeUndefined();
    unmount();
    expect(loads[1].signal.aborted).toBe(true);
  });
});
