import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import Toggle from '@cloudscape-design/components/toggle'
import { fieldProblem } from './form-values.ts'
import type { Field, FieldValue, FieldValues, Pair } from './schema-form.ts'

/** The inputs for an operation's parameters, made from its JSON Schema. */
export const ParamsForm = ({
  fields,
  values,
  showProblems,
  onChange,
}: {
  fields: readonly Field[]
  values: FieldValues
  /** Problems are said once somebody tried to go on, not while they type the first word. */
  showProblems: boolean
  onChange: (values: FieldValues) => void
}) => (
  <SpaceBetween size="l">
    {fields.map((field) => {
      const value = values[field.name]
      return (
        <FormField
          key={field.name}
          label={field.kind === 'toggle' ? '' : field.isRequired ? field.label : `${field.label} – optional`}
          description={field.kind === 'toggle' ? '' : field.description}
          errorText={showProblems ? fieldProblem(field, value) : ''}
          stretch={field.kind === 'pairs' || field.kind === 'json'}
        >
          <Control field={field} value={value} onChange={(changed) => onChange({ ...values, [field.name]: changed })} />
        </FormField>
      )
    })}
  </SpaceBetween>
)

type ControlProps<Kind extends Field> = {
  field: Kind
  value: FieldValue | undefined
  onChange: (value: FieldValue) => void
}
const textOf = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '')

const Control = ({ field, value, onChange }: ControlProps<Field>) => {
  switch (field.kind) {
    case 'toggle':
      return (
        <Toggle
          checked={value === true}
          description={field.description}
          onChange={({ detail }) => onChange(detail.checked)}
        >
          {field.label}
        </Toggle>
      )
    case 'choice': {
      const options = field.options.map((option) => ({ value: option, label: option }))
      return (
        <Select
          options={options}
          selectedOption={options.find((option) => option.value === value) ?? null}
          placeholder="Choose"
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
        />
      )
    }
    case 'number':
      return (
        <Input
          type="number"
          value={textOf(value)}
          step={field.isInteger ? 1 : 'any'}
          onChange={({ detail }) => onChange(detail.value)}
        />
      )
    case 'text':
      return <Input value={textOf(value)} onChange={({ detail }) => onChange(detail.value)} />
    case 'texts':
      return (
        <Textarea
          value={textOf(value)}
          placeholder="One per line"
          rows={4}
          onChange={({ detail }) => onChange(detail.value)}
        />
      )
    case 'json':
      return (
        <Textarea value={textOf(value)} placeholder="JSON" rows={6} onChange={({ detail }) => onChange(detail.value)} />
      )
    case 'pairs':
      return <Pairs field={field} value={value} onChange={onChange} />
  }
}

const Pairs = ({ field, value, onChange }: ControlProps<Field & { kind: 'pairs' }>) => {
  const pairs = Array.isArray(value) ? value : []
  const change = (index: number, part: Partial<Pair>): void =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)))
  return (
    <AttributeEditor
      items={pairs}
      addButtonText="Add another"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ key }) => `Remove ${key === '' ? 'this entry' : key}`}
      disableAddButton={field.most !== null && pairs.length >= field.most}
      isItemRemovable={() => pairs.length > 1}
      onAddButtonClick={() => onChange([...pairs, { key: '', value: '' }])}
      onRemoveButtonClick={({ detail }) => onChange(pairs.filter((_pair, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: 'Key',
          control: ({ key }, index) => (
            <Input
              value={key}
              ariaLabel={`Key ${index + 1}`}
              placeholder="env"
              onChange={({ detail }) => change(index, { key: detail.value })}
            />
          ),
        },
        {
          label: 'Value',
          control: (pair, index) => (
            <Input
              value={pair.value}
              ariaLabel={`Value ${index + 1}`}
              placeholder="dev"
              onChange={({ detail }) => change(index, { value: detail.value })}
            />
          ),
        },
      ]}
      empty="Nothing yet."
    />
  )
}
