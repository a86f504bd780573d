import { useState } from 'react';
import {
  deriveId,
  findIdFault,
  MAXIMUM_NAME_LENGTH,
  type IdFault,
} from './ids';

/** Name and id of something new, while they are typed; the id follows the name until it is edited. */
export interface NewName {
  typed: string;
  /** What was typed, without blanks around it. */
  name: string;
  id: string;
  idFault?: IdFault;
  isValid: boolean;
  /** Whether what is missing is told, too: not while one still types. */
  isChecked: boolean;
  setName: (name: string) => void;
  setId: (id: string) => void;
  check: () => void;
}

export function useNewName(): NewName {
  const [typed, setName] = useState('');
  const [ownId, setId] = useState<string>();
  const [isChecked, setChecked] = useState(false);
  const name = typed.trim();
  const id = ownId ?? deriveId(typed);
  const idFault = findIdFault(id);
  return {
    typed,
    name,
    id,
    idFault,
    isValid: name.length > 0 && name.length <= MAXIMUM_NAME_LENGTH && !idFault,
    isChecked,
    setName,
    setId,
    check: () => setChecked(true),
  };
}
