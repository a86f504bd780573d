import { useEffect, useRef, useState } from 'react';

/** Takes files dropped anywhere on the page. Answers whether some are held over it now. */
export function usePageDrop(onFiles: ((files: File[]) => void) | undefined) {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  const isActive = Boolean(onFiles);

  useEffect(() => {
    if (!isActive) {
      return undefined;
    }
    // Entering a child fires before leaving its parent, hence a count.
    let depth = 0;
    const holdsFiles = (event: DragEvent) =>
      event.dataTransfer?.types.includes('Files') ?? false;

    const onEnter = (event: DragEvent) => {
      if (holdsFiles(event)) {
        depth += 1;
        setOver(true);
      }
    };
    const onLeave = (event: DragEvent) => {
      if (holdsFiles(event)) {
        depth = Math.max(0, depth - 1);
        setOver(depth > 0);
      }
    };
    const onOver = (event: DragEvent) => {
      if (holdsFiles(event)) {
        event.preventDefault();
      }
    };
    const onDrop = (event: DragEvent) => {
      if (holdsFiles(event)) {
        event.preventDefault();
        depth = 0;
        setOver(false);
        latest.current?.([...(event.dataTransfer?.files ?? [])]);
      }
    };

    document.addEventListener('dragenter', onEnter);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('dragover', onOver);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragenter', onEnter);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('drop', onDrop);
    };
  }, [isActive]);

  return isOver;
}
