import { useNavigate } from 'react-router'
import type { Relations } from '#contracts/relations.ts'
import { fieldWords, naturally, shortId } from '../design/words.ts'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { boxHeight, boxWidth, fitting, layout } from './graph-layout.ts'
import type { Box } from './graph-layout.ts'

/** The neighbours of a resource as a picture: every box is a link. The list below says the same in words. */
export const RelationGraph = ({
  root,
  relations,
}: {
  root: { id: string; name: string; type: string }
  relations: Relations
}) => {
  const { boxes, lines, width, height, left } = layout(root, relations, naturally)
  return (
    <>
      {/* It scrolls, so that the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="graph" role="region" aria-label="Graph of relations" tabIndex={0}>
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-label={`Relations of ${root.name}`}>
          {lines.map(({ from, to, path }) => (
            <path key={`${from} ${to}`} className="graph-line" d={path} />
          ))}
          {boxes.map((box) => (
            <GraphBox key={box.id} box={box} isRoot={box.id === root.id} />
          ))}
        </svg>
      </div>
      {left > 0 && <small>{left} more are in the list.</small>}
    </>
  )
}

const GraphBox = ({ box, isRoot }: { box: Box; isRoot: boolean }) => {
  const navigate = useNavigate()
  const { id, name, type, kind, x, y } = box
  const href = resourceHref(id)
  const title = name === '' ? shortId(id) : name
  return (
    <a
      href={href}
      aria-label={isRoot ? `${title}, ${type}` : `${fieldWords(kind)}: ${title}, ${type}`}
      aria-current={isRoot ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        void navigate(`${href}?tab=related`)
      }}
    >
      <title>{`${title} (${type})`}</title>
      <rect
        className={`graph-box${isRoot ? ' graph-root' : ''}`}
        x={x}
        y={y}
        width={boxWidth}
        height={boxHeight}
        rx={8}
      />
      <text x={x + 10} y={y + 19} fontSize={13}>
        {fitting(title)}
      </text>
      <text className="graph-kind" x={x + 10} y={y + 36}>
        {fitting(isRoot ? type : `${fieldWords(kind)} · ${type}`, 30)}
      </text>
    </a>
  )
}
