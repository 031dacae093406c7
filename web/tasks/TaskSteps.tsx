import Steps from '@cloudscape-design/components/steps'

const order = ['select', 'parameters', 'impact', 'run'] as const
const words = { select: 'Select', parameters: 'Parameters', impact: 'Impact', run: 'Approve and run' }

/** Where in the making of a task one is: select, parameters, impact, run. */
export const TaskSteps = ({ current }: { current: (typeof order)[number] }) => {
  const at = order.indexOf(current)
  return (
    <Steps
      orientation="horizontal"
      ariaLabel="Steps of a new task"
      steps={order.map((step, index) => ({
        header: words[step],
        status: index < at ? ('success' as const) : index === at ? ('in-progress' as const) : ('pending' as const),
        statusIconAriaLabel: index < at ? 'Done' : index === at ? 'Now' : 'To come',
      }))}
    />
  )
}
