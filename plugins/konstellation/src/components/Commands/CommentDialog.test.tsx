import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConflictError } from '@backstage/errors';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { renderElement } from '../../__testUtils__/renderPage';
import { CommentDialog, type CommentDialogProps } from './CommentDialog';

async function renderDialog(overrides: Partial<CommentDialogProps> = {}) {
  const onSubmit = jest.fn(async () => {});
  const onClose = jest.fn();
  await renderElement(
    new FakeKonstellationApi(),
    <CommentDialog
      title="Publish price-v2 to price-estimation"
      verb="Publish"
      effects={['price-v1 stays started.']}
      onSubmit={onSubmit}
      onClose={onClose}
      {...overrides}
    />,
  );
  return { onSubmit, onClose };
}

const commentField = () => screen.getByRole('textbox', { name: 'Comment' });

describe('CommentDialog', () => {
  it('says what will happen and asks why before it sends', async () => {
    const { onSubmit } = await renderDialog();

    expect(
      screen.getByRole('dialog', {
        name: 'Publish price-v2 to price-estimation',
      }),
    ).toBeInTheDocument();
    expect(screen.getByText('price-v1 stays started.')).toBeInTheDocument();
    expect(commentField()).toHaveFocus();

    await userEvent.click(screen.getByRole('button', { name: 'Publish' }));
    expect(screen.getByText('Say in a few words why.')).toBeInTheDocument();
    expect(onSubmit).not.toHaveBeenCalled();
  });

  it('sends with Ctrl+Enter, without the blanks around', async () => {
    const { onSubmit } = await renderDialog();
    await userEvent.type(commentField(), '  better model  ');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(onSubmit).toHaveBeenCalledWith('better model'));
  });

  it('keeps the text when the command is refused', async () => {
    await renderDialog({
      onSubmit: async () => {
        throw new ConflictError(
          'the version must be started before publishing',
        );
      },
    });
    await userEvent.type(commentField(), 'better model');
    await userEvent.click(screen.getByRole('button', { name: 'Publish' }));

    expect(await screen.findByRole('alert')).toHaveTextContent(
      'the version must be started before publishing',
    );
    expect(commentField()).toHaveValue('better model');
  });

  it('waits for the id of what cannot be brought back', async () => {
    const { onSubmit } = await renderDialog({
      confirmId: 'churn',
      verb: 'Delete runtime',
    });
    await userEvent.type(commentField(), 'no longer needed');
    const remove = screen.getByRole('button', { name: 'Delete runtime' });
    await userEvent.click(remove);
    expect(screen.getByText('This is not churn.')).toBeInTheDocument();

    await userEvent.type(
      screen.getByRole('textbox', { name: 'Type churn to confirm' }),
      'churn',
    );
    await userEvent.click(remove);
    await waitFor(() => expect(onSubmit).toHaveBeenCalled());
  });
});
