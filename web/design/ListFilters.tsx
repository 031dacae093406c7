import Select from '@cloudscape-design/components/select'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useDraft } from './use-draft.ts'
import type { ListState } from './use-list-state.ts'

/** A text that the server looks for; `q` in the address, set when the typing pauses. */
export const TextSearch = ({ list, label, placeholder }: { list: ListState; label: string; placeholder: string }) => {
  const [text, setText] = useDraft(list.get('q'), (q) => list.set({ q }))
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder={placeholder}
      filteringAriaLabel={label}
      onChange={({ detail }) => setText(detail.filteringText)}
    />
  )
}

export type Choice = {
  /** Its name in the address. */
  name: string
  label: string
  /** The first one, whose value is empty, stands for no choice. */
  options: readonly { value: string; label: string; description?: string }[]
}

/** One value of several, kept in the address. */
export const ChoiceFilter = ({ list, choice: { name, label, options } }: { list: ListState; choice: Choice }) => (
  <Select
    ariaLabel={label}
    options={options}
    selectedOption={options.find(({ value }) => value === list.get(name)) ?? options[0] ?? null}
    onChange={({ detail }) => list.set({ [name]: detail.selectedOption.value ?? '' })}
    expandToViewport
  />
)
